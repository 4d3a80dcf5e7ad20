"""The forms around signing in, and how the macros of our templates see them."""

from __future__ import annotations

from typing import Any

import flask_security
from flask import Response, make_response, render_template
from flask_babel import gettext
from flask_security import LoginForm, MfRecoveryForm, TwoFactorRescueForm, TwoFactorSetupForm
from flask_security.forms import ForgotPasswordForm
from wtforms import Form as WtForm
from wtforms import HiddenField, StringField

from confapp.accounts import record
from confapp.accounts.store import LONGEST
from confapp.web.labelling import Labels

HOME = "/accounts/"
"""Where signing in leads when nobody wanted to go anywhere."""


class SignInForm(LoginForm):
    """Address and password; a failed attempt is recorded, whether there is such an account or not."""

    remember = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.next.data = self.next.data or HOME  # without it, the second step leads back to the first

    def validate(self, **options: Any) -> bool:
        """Whether this signs somebody in."""
        if not self.email.data or not self.password.data or len(self.password.data) > LONGEST:
            self.form_errors.append(gettext("Give your e-mail address and your password."))
            return False
        if super().validate(**options):
            return True
        record.attempt("account.sign_in_failed", self.user, self.email.data)
        return False


class AskResetForm(ForgotPasswordForm):
    """An address; what happens, how long it takes and what is answered is the same with and without an account."""

    def validate(self, **options: Any) -> bool:
        """Whether a mail is to be sent."""
        is_known = bool(super().validate(**options))
        if self.email.data:
            record.attempt("account.reset_asked", self.user, self.email.data)
        if is_known:
            flask_security.hash_password("as long as for the others")  # the view does so for unknown addresses
        return is_known


class Choice(StringField):
    """A choice of which our templates show one at a time, as buttons."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.choices: list[Any] = []


class CodesForm(TwoFactorSetupForm):
    """What to do about codes: set them up or turn them off."""

    setup = Choice()
    phone = StringField()


class RescueForm(TwoFactorRescueForm):
    """The ways around a code; the one that there is has a page of its own."""

    help_setup = Choice()


class RecoveryForm(MfRecoveryForm):
    """A recovery code; a failed attempt is recorded."""

    def validate(self, **options: Any) -> bool:
        """Whether the code is one that is left."""
        if super().validate(**options):
            return True
        if self.user is not None and self.code.data:
            record.attempt("account.code_failed", self.user, self.user.email)
        return False


class Shown(Labels):
    """A WTForms form as the macros of templates/macros/forms.html want to see it."""

    def __init__(self, form: WtForm) -> None:
        super().__init__()
        self._form = form

    def value(self, name: str) -> Any:
        """What was typed."""
        return self._form[name].data

    def errors(self, name: str) -> list[str]:
        """What is wrong with the field."""
        return [str(error) for error in self._form[name].errors]

    def all_errors(self) -> list[tuple[str, str]]:
        """(field, message) for everything that is wrong, the form as a whole first."""
        whole = dict.fromkeys(str(error) for error in self._form.form_errors)
        beside = [(field.name, error) for field in self._form for error in self.errors(field.name)]
        return [("", error) for error in whole] + beside

    def required(self, name: str) -> bool:
        """Whether the field must be filled: of ours, all that are shown."""
        return not isinstance(self._form[name], HiddenField)

    def maxlength(self, name: str) -> int:
        """The most characters."""
        return LONGEST if self.input_type(name) == "password" else 254

    def input_type(self, name: str) -> str:
        """Which control the field needs."""
        return str(getattr(self._form[name].widget, "input_type", "text"))


def render(template: str, **context: Any) -> Response:
    """A page of Flask-Security's; one with errors is a refusal like those of our own forms."""
    found = [each for each in context.values() if isinstance(each, WtForm) and not isinstance(each, RescueForm)]
    form = next((each for each in found if each.errors), found[0] if found else None)
    shown = Shown(form) if form else None
    page = render_template(template, form=shown, **context)
    return make_response(shown.fill(page) if shown else page, 422 if form and form.errors else 200)

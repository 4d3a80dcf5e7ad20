"""Pages about one's own account: who one is, what one holds, API tokens, and the menu that other pages load."""

from __future__ import annotations

from typing import cast
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Answer

from confapp.accounts import confirming, own, signed_in
from confapp.domain import grants, tokens
from confapp.domain.attendance import registrations
from confapp.domain.permissions import Permission
from confapp.domain.programme import conferences
from confapp.schemas.accounts import NameSchema, TokenSchema
from confapp.web import asker, now, permits
from confapp.web.forms import Form
from confapp.web.throttling import MAILS, throttle

blueprint = Blueprint("accounts", __name__, url_prefix="/accounts")

MENU_LENGTH = 5
"""Conferences of one kind that the menu names."""


def _page(form: Form, *, secret: str | None = None) -> Response:
    account = signed_in()
    return form.page(
        "accounts/account.html",
        account=account,
        held=grants.held(account, now=now()),
        attended=registrations.attended(account.person_id),
        tokens=tokens.tokens_of(account, now=now()),
        secret=secret,
    )


def _token_form() -> Form:
    return Form(TokenSchema, zone=ZoneInfo("UTC"))


@blueprint.get("/")
@permits(Permission.ACCOUNT)
def show_account() -> Response:
    """The asker's own account."""
    return _page(_token_form())


@blueprint.post("/confirm")
@permits(Permission.ACCOUNT)
def ask_to_confirm() -> Answer:
    """Send the letter by which the asker's address is confirmed, once more."""
    confirming.ask(signed_in(), now=now())
    flash(gettext("A letter is on its way to you."), "info")
    return redirect(url_for(".show_account"))


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
@permits(Permission.ACCOUNT)
def confirm_address(token: str) -> Answer | str:
    """Confirm the asker's address, by the letter that went to it."""
    account = signed_in()
    if request.method == "GET" and account.confirmed_at is None:
        return render_template("accounts/confirm.html", account=account)
    if account.confirmed_at is not None or confirming.confirm(account, token, now=now()):
        flash(gettext("Your address is confirmed."), "good")
    else:
        flash(gettext("This letter is too old, or went to another address. Have a new one sent."), "bad")
    return redirect(url_for(".show_account"))


@blueprint.get("/invited/<token>")
@permits(Permission.ANYONE)
def take_up(token: str) -> Answer:
    """Lead whoever was invited by a letter to where the account's first password is set."""
    reset = confirming.first_password(token)
    if reset is not None:
        return redirect(url_for("security.reset_password", token=reset))
    flash(gettext("This invitation was used already, or is too old: sign in, or have a new letter sent."), "bad")
    return redirect(url_for("security.forgot_password"))


@blueprint.route("/name", methods=["GET", "POST"])
@permits(Permission.ACCOUNT)
def change_name() -> Answer:
    """What the asker is called."""
    account = signed_in()
    form = Form(NameSchema, current=account.person)
    if form.was_sent:
        with form:
            own.rename(account, form.load()["name"], now=now())
            flash(gettext("Saved."), "good")
            return redirect(url_for(".show_account"))
    return form.page("accounts/name.html")


@blueprint.post("/tokens")
@permits(Permission.ACCOUNT)
def create_token() -> Response:
    """Make an API token and show its secret, this once: it is never stored, not even in a cookie."""
    account = signed_in()
    form = _token_form()
    with form:
        secret = tokens.create_token(account, **form.load(), now=now())
        page = _page(_token_form(), secret=secret)
        page.status_code = 201
        return page
    return _page(form)


@blueprint.post("/tokens/<int:token_id>/revoke")
@permits(Permission.ACCOUNT)
def revoke_token(token_id: int) -> Answer:
    """End an API token."""
    tokens.revoke_token(signed_in(), token_id, now=now())
    flash(gettext("The token is revoked."), "good")
    return redirect(url_for(".show_account"))


@blueprint.get("/menu")
@permits(Permission.ANYONE)
def show_menu() -> Response:
    """What stands in the header of every page: a fragment, so that public pages are the same for everyone."""
    account = asker()
    if account is None:
        return make_response(render_template("accounts/menu.html", account=None))
    return make_response(
        render_template(
            "accounts/menu.html",
            account=account,
            organised=conferences.conferences_for(account, now=now())[:MENU_LENGTH],
            attended=registrations.attended(account.person_id)[:MENU_LENGTH],
        )
    )


blueprint.record_once(lambda state: throttle(cast(Flask, state.app), "accounts.ask_to_confirm", MAILS))

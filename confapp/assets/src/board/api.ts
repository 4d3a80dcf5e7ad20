// Asking the server: every unsafe request carries the page's token, every refusal arrives as a value with its reason.

import type { Conflict } from "./types";

/** A refusal: HTTP status (0: the server was not reached), its words, the conflicts that it names. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly conflicts: Conflict[] = [],
    /** Later steps that stand on one that was to be taken back. */
    readonly later: number[] = [],
  ) {
    super(message);
  }
}

export interface Answer<T> {
  status: number;
  body: T;
  etag: string | null;
}

/** How long an answer may take, in milliseconds, before the server counts as not reached. */
const patience = 15_000;

export class Api {
  constructor(
    private readonly base: string,
    private readonly token: string,
  ) {}

  /** Ask; raises Refused for every answer that is no success and not 304. `keep`: let it outlive the page. */
  async ask<T>(
    method: string,
    path: string,
    options: { body?: unknown; headers?: Record<string, string>; keep?: boolean } = {},
  ): Promise<Answer<T>> {
    const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
    if (method !== "GET") headers["X-CSRFToken"] = this.token;
    if (options.body !== undefined) headers["Content-Type"] = "application/json";
    const request: RequestInit = { method, headers, credentials: "same-origin", signal: AbortSignal.timeout(patience) };
    if (options.body !== undefined) request.body = JSON.stringify(options.body);
    if (options.keep) request.keepalive = true;
    let response: Response;
    let text = "";
    try {
      response = await fetch(this.base + path, request);
      text = await response.text();
    } catch {
      throw new Refused(0, "");
    }
    const etag = response.headers.get("ETag");
    if (response.status === 304) return { status: 304, body: undefined as T, etag };
    const body = parsed(text);
    if (!response.ok) throw refusal(response.status, body);
    return { status: response.status, body: body as T, etag };
  }
}

function parsed(text: string): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

function refusal(status: number, body: unknown): Refused {
  const problem = (body ?? {}) as { detail?: string; conflicts?: Conflict[]; later?: number[]; errors?: unknown };
  const details = problem.errors ? ` ${leaves(problem.errors).join(" ")}` : "";
  return new Refused(status, (problem.detail ?? "") + details, problem.conflicts ?? [], problem.later ?? []);
}

/** All messages of an error tree. */
function leaves(errors: unknown): string[] {
  if (typeof errors === "string") return [errors];
  return errors && typeof errors === "object" ? Object.values(errors).flatMap(leaves) : [];
}

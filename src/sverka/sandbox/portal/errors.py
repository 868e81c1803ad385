"""How the portal says no: the error codes, HTTP statuses and texts of the REST protocol."""

from __future__ import annotations


class RestError(Exception):
    """A refusal as it goes over the wire: HTTP `status`, `code` (a text, or the numbers 0 and 100) and a reason.

    `extra` are further keys of the answer (placements name the wrong `argument`).
    """

    def __init__(self, status: int, code: str | int, description: str, **extra: str) -> None:
        super().__init__(f"{status} {code!r}: {description}")
        self.status = status
        self.code = code
        self.description = description
        self.extra = extra

    def body(self) -> dict[str, str | int]:
        """Return the JSON object of the answer, the same in an envelope and in a batch's `result_error`."""
        return {"error": self.code, "error_description": self.description, **self.extra}


def missing_parameter(name: str, classic: bool) -> RestError:
    """Return the refusal of a call without a required parameter; the generations of methods word it differently."""
    if not classic:
        return RestError(400, 100, f"Could not find value for parameter {{{name}}}")
    if name.lower() == "id":
        return RestError(400, "", "ID is not defined or invalid.")
    return RestError(400, "", f"Parameter '{name}' must be array.")


def not_found(classic: bool) -> RestError:
    """Return the refusal of a call about a record that does not exist."""
    return RestError(400, "", "Not found") if classic else RestError(400, "NOT_FOUND", "Element not found")


def invalid_value(field: str) -> RestError:
    """Return the refusal of a value the field does not take; `field` is the name the caller used."""
    return RestError(400, "CRM_FIELD_ERROR_VALUE_NOT_VALID", f'Invalid value for field "{field}"')


def invalid_argument(text: str) -> RestError:
    """Return the refusal of a filter, an order or an argument that makes no sense."""
    return RestError(400, "INVALID_ARG_VALUE", text)


METHOD_NOT_FOUND = (404, "ERROR_METHOD_NOT_FOUND", "Method not found!")
INVALID_CREDENTIALS = (401, "INVALID_CREDENTIALS", "Invalid request credentials")
NO_AUTH_FOUND = (401, "NO_AUTH_FOUND", "Wrong authorization data")
EXPIRED_TOKEN = (401, "expired_token", "The access token provided has expired.")
INVALID_TOKEN = (401, "invalid_token", "Unable to get application by token")
USER_ACCESS = (403, "user_access_error", "The user does not have access to the application")
HTTPS_REQUIRED = (400, "INVALID_REQUEST", "Https required")
#: what a portal that does not answer at all answers, by `Settings.condition`
CONDITIONS = {
    "unpaid": (403, "ACCESS_DENIED", "REST API is available only on commercial plans"),
    "deleted": (500, "PORTAL_DELETED", "Portal was deleted"),
    "overloaded": (503, "OVERLOAD_LIMIT", "REST API is blocked due to overload"),
}
ACCESS_DENIED = (403, "ACCESS_DENIED", "Access denied!")
WRONG_AUTH_TYPE = (
    403,
    "WRONG_AUTH_TYPE",
    "Current authorization type is denied for this method Application context required",
)
INSUFFICIENT_SCOPE = (
    403,
    "insufficient_scope",
    "The request requires higher privileges than provided by the webhook token",
)
QUERY_LIMIT = (503, "QUERY_LIMIT_EXCEEDED", "Too many requests")
OPERATION_TIME_LIMIT = (429, "OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit")
BATCH_NOT_ALLOWED = (405, "ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage")
BATCH_TOO_LONG = (400, "ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded")

"""CompanyInfo and Preferences, made from the company's settings."""

from __future__ import annotations

from addon.sandbox.quickbooks.company import SIMPLE_START, Company
from addon.sandbox.quickbooks.fields import Row

_STAMP = {"CreateTime": "2015-06-05T13:55:54-07:00"}


def company_info(company: Company) -> Row:
    """The CompanyInfo object."""
    settings = company.settings
    pairs = {
        "NeoEnabled": "true",
        "IndustryType": "Landscaping Services",
        "IndustryCode": "561730",
        "CompanyType": "Sole proprietor",
        "SubscriptionStatus": settings.subscription,
        "OfferingSku": settings.plan,
        "PayrollFeature": _word(settings.payroll),
        "AccountantFeature": "false",
    }
    return {
        "CompanyName": company.name,
        "LegalName": company.name,
        "Country": settings.country,
        "SupportedLanguages": "en",
        "FiscalYearStartMonth": "January",
        "NameValue": _pairs(pairs),
        "domain": "QBO",
        "sparse": False,
        "Id": "1",
        "SyncToken": "4",
        "MetaData": {**_STAMP, "LastUpdatedTime": company.moment()},
    }


def preferences(company: Company) -> Row:
    """The Preferences object."""
    settings = company.settings
    accounting: Row = {
        "ClassTrackingPerTxn": settings.classes,
        "ClassTrackingPerTxnLine": False,
        "TrackDepartments": settings.departments,
        "DepartmentTerminology": "Location",
        "CustomerTerminology": "Customers",
        "FirstMonthOfFiscalYear": "January",
    }
    if settings.closed_until:
        accounting["BookCloseDate"] = settings.closed_until.isoformat()
    tracks = settings.time_tracking and settings.plan != SIMPLE_START
    other = {
        "TimeTrackingFeatureEnabled": _word(tracks),
        "ProjectsEnabled": _word(bool(company.projects)),
        "Vendor1099Enabled": "true",
    }
    return {
        "AccountingInfoPrefs": accounting,
        "TimeTrackingPrefs": {
            "UseServices": settings.services_on_timesheets,
            "BillCustomers": settings.bill_customers,
            "ShowBillRateToAll": False,
            "WorkWeekStartDate": "Monday",
            "MarkTimeEntriesBillable": True,
        },
        "CurrencyPrefs": {
            "MultiCurrencyEnabled": settings.multicurrency,
            "HomeCurrency": {"value": settings.currency},
        },
        "OtherPrefs": {"NameValue": _pairs(other)},
        "domain": "QBO",
        "sparse": False,
        "Id": "1",
        "SyncToken": "0",
        "MetaData": {**_STAMP, "LastUpdatedTime": company.moment()},
    }


def _pairs(pairs: dict[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in pairs.items()]


def _word(on: bool) -> str:  # noqa: FBT001
    return "true" if on else "false"

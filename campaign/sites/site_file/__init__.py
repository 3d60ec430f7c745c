"""A file of sites (CSV, UTF-8): what its rows say, or everything that is wrong with it."""

from campaign.sites.site_file.problems import Problem, Reason, SiteFileError
from campaign.sites.site_file.reading import parse_sites
from campaign.sites.site_file.records import SiteRow

__all__ = ["Problem", "Reason", "SiteFileError", "SiteRow", "parse_sites"]

"""Sites capability: cities, the sites in them, lists of sites, and what is near."""

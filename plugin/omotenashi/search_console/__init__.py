"""Exports of Google Search Console -> the file of searches by landing page."""

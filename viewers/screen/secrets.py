"""Secrets in what is shown: told and hidden as everywhere else."""

from store.secrets import HIDDEN as HIDDEN
from store.secrets import has_secret as has_secret
from store.secrets import hide as hide

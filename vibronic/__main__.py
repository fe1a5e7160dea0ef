"""`python -m vibronic`."""

from .cli import main

main()

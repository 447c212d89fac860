"""Tests of the jobs: who asks, what is done, and by which process."""

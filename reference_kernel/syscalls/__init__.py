"""What each call does; one file for each kind of object, named as in `spec.syscalls`."""

"""An AWS account of its own on 127.0.0.1: an emulator in this process, watched and disturbed on demand."""

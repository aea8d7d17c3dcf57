"""How a plan is carried out: by threads or a cluster, chunk by chunk, with progress, interrupts and failures told."""

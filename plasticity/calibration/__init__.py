"""What the model has to do with published data: fits of its free numbers, rival laws, and rows told in from out."""

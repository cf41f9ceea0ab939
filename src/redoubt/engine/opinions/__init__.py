"""Second opinions: what other people's models say, turned into findings. The models themselves stand behind ports."""

package io.facepipeline.embedding;

/** What a network that was trained to tell classes apart gives. */
public enum Head {
  /** What it knows of an image, before the classes: for comparing, and for training anew. */
  FEATURES,
  /** A number per class; their softmax are the probabilities. */
  LOGITS
}

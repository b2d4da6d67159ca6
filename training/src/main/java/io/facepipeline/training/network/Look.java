package io.facepipeline.training.network;

/** What a classifier looks at. Their names are what {@code --look} takes. */
enum Look {
  /** The middle of a whole picture. */
  PICTURES,

  /** The face that is detected in a photo. */
  FACES,

  /** A picture that is the crop of a face already. */
  CROPS
}

package io.facepipeline.examples;

import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;

/** Makes the stages that the options ask for; tests put their own in. The caller closes them. */
interface StageFactory {
  FaceDetector detector(StageOptions options);

  FaceEmbedder embedder(StageOptions options);
}

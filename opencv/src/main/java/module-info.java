/** Decoding, cascades and local binary patterns with OpenCV. */
module io.facepipeline.opencv {
  requires static transitive com.google.errorprone.annotations;
  requires transitive io.facepipeline.core;
  requires transitive org.bytedeco.javacpp;
  requires transitive org.bytedeco.opencv;
  requires static transitive org.jspecify;

  exports io.facepipeline.opencv;

  provides io.facepipeline.spi.ImageCodec with
      io.facepipeline.opencv.internal.OpenCvImageCodec;
}

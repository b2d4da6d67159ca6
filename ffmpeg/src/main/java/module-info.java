/** Reads HEIC and AVIF pictures, reads and writes video, with FFmpeg. */
module io.facepipeline.ffmpeg {
  requires transitive io.facepipeline.core;
  requires org.bytedeco.ffmpeg;
  requires org.bytedeco.javacpp;
  requires org.bytedeco.javacv;
  requires static transitive org.jspecify;

  exports io.facepipeline.ffmpeg;

  provides io.facepipeline.spi.ImageCodec with
      io.facepipeline.ffmpeg.internal.HeifImageCodec;
}

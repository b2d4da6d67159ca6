package io.facepipeline;

import io.facepipeline.align.StandardAligner;
import java.nio.ByteBuffer;

/** Cuts a face out of its photo for a backbone. Implementations are thread-safe and stateless. */
public interface FaceAligner {
  /**
   * Writes the crop of a face into a buffer.
   *
   * @param image the photo
   * @param face a face in it
   * @param spec how to cut
   * @param rgb receives {@link CropSpec#bytes()} bytes, row by row, red, green, blue; its position
   *     advances
   * @throws IllegalArgumentException if the buffer has less room
   * @throws AlignmentException if the landmarks or the box are degenerate
   */
  void align(Image image, Face face, CropSpec spec, ByteBuffer rgb);

  /**
   * Cuts a face out of a photo.
   *
   * @param image the photo
   * @param face a face in it
   * @param spec how to cut
   * @return the crop
   * @throws AlignmentException if the landmarks or the box are degenerate
   */
  default AlignedFace align(Image image, Face face, CropSpec spec) {
    byte[] rgb = new byte[spec.bytes()];
    align(image, face, spec, ByteBuffer.wrap(rgb));
    return AlignedFace.owning(face, spec, rgb);
  }

  /** {@return the aligner for every {@link CropSpec.Rule}} */
  static FaceAligner standard() {
    return StandardAligner.INSTANCE;
  }
}

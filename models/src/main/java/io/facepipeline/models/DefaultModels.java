package io.facepipeline.models;

import io.facepipeline.FacePipelineException;
import io.facepipeline.detection.Mtcnn;
import io.facepipeline.detection.MtcnnBuilder;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The models inside this artifact, trained by the library's own trainers on photos that were
 * released for research (FDDB, LFW, WIDER FACE), with the published MTCNN as the teacher. What they
 * were trained on and what was measured is in {@code card.json} beside each. Thread-safe.
 */
public final class DefaultModels {
  /** The id of the detector. */
  public static final String DETECTOR = "mtcnn-default";

  private DefaultModels() {}

  /**
   * {@return a builder of the default detector, MTCNN with the weights of this artifact}
   *
   * @throws FacePipelineException if they cannot be read
   */
  public static MtcnnBuilder detector() {
    return Mtcnn.builder().weights(checkpoint("pnet"), checkpoint("rnet"), checkpoint("onet"));
  }

  private static Checkpoint checkpoint(String network) {
    String name = DETECTOR + "/" + network + ".safetensors";
    try (InputStream resource = DefaultModels.class.getResourceAsStream(name)) {
      if (resource == null) {
        throw new FileNotFoundException("there is no such resource");
      }
      Path file = Files.createTempFile(network, ".safetensors");
      try {
        Files.copy(resource, file, StandardCopyOption.REPLACE_EXISTING);
        return Checkpoint.read(file);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new FacePipelineException(
          "cannot read the default model " + name + " of the artifact: " + e, e);
    }
  }
}

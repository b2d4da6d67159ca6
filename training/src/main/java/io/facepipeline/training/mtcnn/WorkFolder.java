package io.facepipeline.training.mtcnn;

import io.facepipeline.FacePipelineException;
import io.facepipeline.training.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the files of each stage are.
 *
 * @param run the run's folder
 */
record WorkFolder(RunFolder run) {
  /** {@return a stage's network} */
  Path result(Stage stage) {
    return run.out().resolve(stage.id() + ".safetensors");
  }

  /** {@return a stage's network as it comes out of the training} */
  Path trained(Stage stage) {
    return run.work().resolve(stage.id() + ".trained.safetensors");
  }

  /** {@return a stage's crops} */
  Path crops(Stage stage) {
    return run.work().resolve(stage.id() + ".crops");
  }

  /** Makes room: a stage that is done needs its crops no more. */
  void deleteCrops(Stage stage) {
    try {
      Files.deleteIfExists(crops(stage));
    } catch (IOException e) {
      throw new FacePipelineException("cannot delete the crops " + crops(stage) + ": " + e, e);
    }
  }
}

package io.facepipeline.detection.mtcnn.cascade;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.ModelNotFoundException;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.PublishedFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The published weights of MTCNN, in any of the forms that {@link MtcnnForms} tells. */
public record MtcnnWeights(Checkpoint pnet, Checkpoint rnet, Checkpoint onet) {
  private static final String ID = "mtcnn";

  /** The published files of P-Net, R-Net and O-Net, as the catalog has them. */
  public static List<PublishedFile> files() {
    return ModelCatalog.installed().require(Kind.FACE_DETECTOR, ID).files();
  }

  public static MtcnnWeights find(ModelStore store) {
    List<Path> files = store.require(files());
    return read(files.get(0), files.get(1), files.get(2));
  }

  public static MtcnnWeights read(Path pnet, Path rnet, Path onet) {
    return of(Checkpoint.read(pnet), Checkpoint.read(rnet), Checkpoint.read(onet));
  }

  /** The three networks of one file, or of a folder with a file for each. */
  public static MtcnnWeights read(Path fileOrFolder) {
    if (Files.isDirectory(fileOrFolder)) {
      List<Path> files = MtcnnForms.NETWORKS.stream().map(n -> within(fileOrFolder, n)).toList();
      return read(files.get(0), files.get(1), files.get(2));
    }
    Checkpoint all = Checkpoint.read(fileOrFolder);
    if (!MtcnnForms.hasAllNetworks(all)) {
      throw new MalformedModelException(
          fileOrFolder
              + ": the file must hold all three networks of MTCNN, but holds "
              + MtcnnForms.networksIn(all).orElse("none of them")
              + "; give the folder with the three files");
    }
    return of(all, all, all);
  }

  private static MtcnnWeights of(Checkpoint pnet, Checkpoint rnet, Checkpoint onet) {
    return new MtcnnWeights(
        MtcnnForms.named(pnet, "pnet"),
        MtcnnForms.named(rnet, "rnet"),
        MtcnnForms.named(onet, "onet"));
  }

  private static Path within(Path folder, String network) {
    String number = "det" + (MtcnnForms.NETWORKS.indexOf(network) + 1);
    List<String> names =
        List.of(
            network + ".pt",
            network + ".pth",
            network + ".safetensors",
            network + ".npy",
            number + ".npy");
    return names.stream()
        .map(folder::resolve)
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(
            () ->
                new ModelNotFoundException(
                    "the folder " + folder + " holds none of " + names + "; put one there"));
  }
}

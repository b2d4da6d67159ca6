package io.facepipeline.detection.mtcnn;

import com.google.common.collect.Lists;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.ModelNotFoundException;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.store.FileVersion;
import io.facepipeline.onnx.store.Licence;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.PublishedFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The published weights of MTCNN, in any of the forms that {@link MtcnnForms} tells. */
record MtcnnWeights(Checkpoint pnet, Checkpoint rnet, Checkpoint onet) {
  private static final String ID = "mtcnn";
  private static final String ORIGIN =
      "github.com/timesler/facenet-pytorch (data/*.pt), github.com/ZhaoJ9014/face.evoLVe"
          + " (applications/align/*.npy) or github.com/davidsandberg/facenet (src/align/*.npy)";

  private static final String DOWNLOAD =
      "https://raw.githubusercontent.com/timesler/facenet-pytorch/"
          + "787da06156087cd6b616fe6608213722bddc30cd/data/";

  /** Sizes and hashes of the files as the three repositories hold them. */
  static final List<PublishedFile> FILES =
      List.of(
          published(
              new FileVersion(
                  "pnet.pt",
                  28_570,
                  "a2a71925e0b9996a42f63e47efc1ca19043e69558b5c523b978d611dfae49c8f"),
              new FileVersion(
                  "pnet.npy",
                  41_271,
                  "03e19e5c473932ab38f5a6308fe6210624006994a687e858d1dcda53c66f18cb"),
              new FileVersion(
                  "det1.npy",
                  27_368,
                  "3285cf7a3de2651c5784cb9e32013f5919aae95fd1ed1bc371dd9691affb39af")),
          published(
              new FileVersion(
                  "rnet.pt",
                  403_147,
                  "bbb937de72efc9ef83b186c49f5f558467a1d7e3453a8ece0d71a886633f6a86"),
              new FileVersion(
                  "rnet.npy",
                  604_651,
                  "5660aad67688edc9e8a3dd4e47ed120932835e06a8a711a423252a6f2c747083"),
              new FileVersion(
                  "det2.npy",
                  401_681,
                  "716b8b83e42476791c9096f14dbb09fefc88bf5c7ec876b1683f9acd52b3f39c")),
          published(
              new FileVersion(
                  "onet.pt",
                  1_559_269,
                  "165bfbe42940416ccfb977545cf0e976d5bf321f67083ae2aaaa5c764280118d"),
              new FileVersion(
                  "onet.npy",
                  2_345_483,
                  "313141c3646bebb73cb8350a2d5fee4c7f044fb96304b46ccc21aeea8b818f83"),
              new FileVersion(
                  "det3.npy",
                  1_557_360,
                  "396ead803d85d3443307ff8f45fb6aed2536579b415a4f4d4cb8f93ea6b1476a")));

  static MtcnnWeights find(ModelStore store) {
    List<Path> files = store.require(FILES);
    return read(files.get(0), files.get(1), files.get(2));
  }

  static MtcnnWeights read(Path pnet, Path rnet, Path onet) {
    return of(Checkpoint.read(pnet), Checkpoint.read(rnet), Checkpoint.read(onet));
  }

  /** The three networks of one file, or of a folder with a file for each. */
  static MtcnnWeights read(Path fileOrFolder) {
    if (Files.isDirectory(fileOrFolder)) {
      List<Path> files = MtcnnForms.NETWORKS.stream().map(n -> within(fileOrFolder, n)).toList();
      return read(files.get(0), files.get(1), files.get(2));
    }
    Checkpoint all = Checkpoint.read(fileOrFolder);
    if (!MtcnnForms.hasAllNetworks(all)) {
      throw new MalformedModelException(
          fileOrFolder
              + ": the file holds not all three networks of MTCNN, but "
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

  private static PublishedFile published(FileVersion torch, FileVersion... numpy) {
    return new PublishedFile(
        ID, Lists.asList(torch, numpy), ORIGIN, Licence.MIT, URI.create(DOWNLOAD + torch.name()));
  }
}

package io.facepipeline.detection;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.store.FileVersion;
import io.facepipeline.onnx.store.Licence;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.PublishedFile;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** The published weights of MTCNN: three files, in one of two forms. */
record MtcnnWeights(Checkpoint pnet, Checkpoint rnet, Checkpoint onet) {
  private static final String ID = "mtcnn";
  private static final String ORIGIN =
      "github.com/timesler/facenet-pytorch (data/*.pt) or github.com/ZhaoJ9014/face.evoLVe"
          + " (applications/align/*.npy)";

  private static final String DOWNLOAD =
      "https://raw.githubusercontent.com/timesler/facenet-pytorch/"
          + "787da06156087cd6b616fe6608213722bddc30cd/data/";

  /** Sizes and hashes of the files as both repositories hold them. */
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
                  "03e19e5c473932ab38f5a6308fe6210624006994a687e858d1dcda53c66f18cb")),
          published(
              new FileVersion(
                  "rnet.pt",
                  403_147,
                  "bbb937de72efc9ef83b186c49f5f558467a1d7e3453a8ece0d71a886633f6a86"),
              new FileVersion(
                  "rnet.npy",
                  604_651,
                  "5660aad67688edc9e8a3dd4e47ed120932835e06a8a711a423252a6f2c747083")),
          published(
              new FileVersion(
                  "onet.pt",
                  1_559_269,
                  "165bfbe42940416ccfb977545cf0e976d5bf321f67083ae2aaaa5c764280118d"),
              new FileVersion(
                  "onet.npy",
                  2_345_483,
                  "313141c3646bebb73cb8350a2d5fee4c7f044fb96304b46ccc21aeea8b818f83")));

  static MtcnnWeights find(ModelStore store) {
    List<Path> files = store.require(FILES);
    return read(files.get(0), files.get(1), files.get(2));
  }

  static MtcnnWeights read(Path pnet, Path rnet, Path onet) {
    return new MtcnnWeights(Checkpoint.read(pnet), Checkpoint.read(rnet), Checkpoint.read(onet));
  }

  private static PublishedFile published(FileVersion torch, FileVersion numpy) {
    return new PublishedFile(
        ID, List.of(torch, numpy), ORIGIN, Licence.MIT, URI.create(DOWNLOAD + torch.name()));
  }
}

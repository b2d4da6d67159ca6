package io.facepipeline.embedding;

import io.facepipeline.ModelCard;
import io.facepipeline.onnx.store.FileVersion;
import io.facepipeline.onnx.store.Licence;
import io.facepipeline.onnx.store.PublishedFile;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a published model: its file, what its authors say of it, and what was measured.
 *
 * <p>Hashes: foamliu's file is in its repository; that of FaceNet's VGGFace2 model and of
 * LightCNN-29v2 are stated by users of the files, the origins publish none.
 *
 * @param file the file
 * @param embeddingSize the number of features
 * @param accuracy what its authors say; null where they say nothing
 * @param thresholds null if nobody has measured them
 */
record PublishedModel(
    PublishedFile file,
    int embeddingSize,
    @Nullable PublishedAccuracy accuracy,
    ModelCard.@Nullable Thresholds thresholds) {
  private static final String EVOLVE = "github.com/ZhaoJ9014/face.evoLVe";
  private static final Licence EVOLVE_LICENCE =
      new Licence("MIT", "https://github.com/ZhaoJ9014/face.evoLVe/blob/master/LICENSE", false);
  private static final String LIGHT_CNN = "github.com/AlfredXiangWu/LightCNN";
  private static final Licence LIGHT_CNN_LICENCE =
      new Licence("MIT", "https://github.com/AlfredXiangWu/LightCNN/blob/master/LICENSE", false);
  private static final String FACENET = "github.com/timesler/facenet-pytorch";
  private static final Licence FACENET_LICENCE =
      new Licence(
          "MIT", "https://github.com/timesler/facenet-pytorch/blob/master/LICENSE.md", false);
  private static final String LFW = "LFW accuracy";
  private static final String LFW_IMPOSTORS = "all impostor pairs of LFW";
  private static final long LFW_PAIRS = 87_307_271;

  static PublishedModel foamliu() {
    String origin = "github.com/foamliu/MobileFaceNet";
    FileVersion version =
        new FileVersion(
            "mobilefacenet_foamliu.pt",
            4_135_271,
            "90a00ba1d8b0b688af3deb731ed53dca582e6106805d1bc3cfdef55f570493f4");
    return new PublishedModel(
        new PublishedFile(
            "mobilefacenet-foamliu",
            List.of(version),
            origin,
            Licence.APACHE_2,
            URI.create(
                "https://raw.githubusercontent.com/foamliu/MobileFaceNet/"
                    + "a6cc9032a659b615f477833e1a70b5e7931bcccc/weights/mobilefacenet.pt")),
        128,
        new PublishedAccuracy(LFW, 99.48, origin),
        new ModelCard.Thresholds(0.348f, 0.482f, LFW_PAIRS, LFW_IMPOSTORS));
  }

  static PublishedModel facenetVggFace2() {
    return facenet(
        "facenet-vggface2",
        99.65,
        new ModelCard.Thresholds(0.550f, 0.745f, LFW_PAIRS, LFW_IMPOSTORS),
        new FileVersion(
            "20180402-114759-vggface2.pt",
            0,
            "281cebca8662831adb987a874bdcb36e73f5b1c6dc5ee5878f305e985625d99b"),
        new FileVersion(
            "facenet_inception_resnet_v1_fp16.pt",
            47_259_865,
            "2233756600dfc5947b6f1ee3ecd54d55cc6cfa7de8fdb56dc792cdfb8c02a1ab"));
  }

  static PublishedModel facenetCasia() {
    return facenet(
        "facenet-casia-webface",
        99.05,
        null,
        FileVersion.named("20180408-102900-casia-webface.pt"));
  }

  private static PublishedModel facenet(
      String id,
      double percent,
      ModelCard.@Nullable Thresholds thresholds,
      FileVersion... versions) {
    return new PublishedModel(
        new PublishedFile(
            id,
            Arrays.asList(versions),
            FACENET,
            FACENET_LICENCE,
            URI.create("https://" + FACENET + "/releases/download/v2.2.9/" + versions[0].name())),
        512,
        new PublishedAccuracy(LFW, percent, "github.com/davidsandberg/facenet"),
        thresholds);
  }

  /** Of face.evoLVe's model zoo, which lies on drives that only a browser can download from. */
  static PublishedModel evolve(String id, String name, double percent) {
    return new PublishedModel(
        byHand(id, FileVersion.named(name), EVOLVE + " (Model Zoo)", EVOLVE_LICENCE),
        512,
        percent > 0 ? new PublishedAccuracy(LFW, percent, EVOLVE) : null,
        null);
  }

  /** An architecture of face.evoLVe's whose weights its authors do not publish. */
  static PublishedModel untrained(String id, String name) {
    return new PublishedModel(
        byHand(
            id,
            FileVersion.named(name),
            EVOLVE + " (an architecture; train it with their code)",
            EVOLVE_LICENCE),
        512,
        null,
        null);
  }

  /** Of LightCNN, whose files lie on a drive that only a browser can download from. */
  static PublishedModel lightCnn(String id, FileVersion version, double percent) {
    return new PublishedModel(
        byHand(id, version, LIGHT_CNN + " (README, Evaluation)", LIGHT_CNN_LICENCE),
        256,
        new PublishedAccuracy("LFW 100 % - EER", percent, LIGHT_CNN),
        null);
  }

  private static PublishedFile byHand(
      String id, FileVersion version, String origin, Licence licence) {
    return new PublishedFile(id, List.of(version), origin, licence, null);
  }
}

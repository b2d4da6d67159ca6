package io.facepipeline.detection.onestage;

import io.facepipeline.detection.scan.ScanNetwork;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.cache.ClassPathFile;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.graph.rewrite.CpuRewrites;
import io.facepipeline.onnx.graph.rewrite.InterleaveRows;
import io.facepipeline.onnx.internal.OnnxContent;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.PublishedFile;
import java.nio.file.Path;
import java.util.Optional;

/** Where a network comes from: a file, or weights of the library's own architecture. */
interface NetworkFile {
  /** {@return the network, opened; the caller closes it} */
  OnnxModel load(OnnxOptions options);

  /** {@return the bytes of the ONNX file} */
  byte[] content();

  /** {@return what messages call it} */
  @Override
  String toString();

  /** {@return an ONNX file} */
  static NetworkFile of(Path file) {
    return new NetworkFile() {
      @Override
      public OnnxModel load(OnnxOptions options) {
        return OnnxModel.load(file, options);
      }

      @Override
      public byte[] content() {
        return OnnxContent.readWhole(file);
      }

      @Override
      public String toString() {
        return file.toString();
      }
    };
  }

  /** {@return a network that has no file} */
  static NetworkFile of(String name, byte[] model) {
    return new NetworkFile() {
      @Override
      public OnnxModel load(OnnxOptions options) {
        return OnnxModel.load(model, options);
      }

      @Override
      public byte[] content() {
        return model;
      }

      @Override
      public String toString() {
        return name;
      }
    };
  }

  /** {@return the network of weights, emitted for where it runs} */
  static NetworkFile of(String name, Checkpoint weights, OnnxOptions.Provider provider) {
    Graph plain = ScanNetwork.graph(weights);
    boolean onCpu = provider.equals(OnnxOptions.Provider.CPU);
    Graph graph = onCpu ? new InterleaveRows().apply(CpuRewrites.apply(plain)) : plain;
    return of(name, OnnxFile.write(graph));
  }

  /** {@return the network of an entry, whose file is found or downloaded} */
  static NetworkFile of(
      String name, CatalogEntry known, ModelStore models, OnnxOptions.Provider provider) {
    PublishedFile published = known.file();
    Optional<ClassPathFile> inside =
        published.downloadable().filter(ClassPathFile::isOne).map(ClassPathFile::at);
    if (!known.architecture().equals(Family.SCAN.architecture) || inside.isEmpty()) {
      return of(models.require(known.files()).get(0));
    }
    // Its weights are few: no copy in the cache is needed.
    models.requireCommercialUse(known.id(), published.license().commercialUse());
    return of(name, Checkpoint.read(known.id(), inside.get().bytes()), provider);
  }
}

package io.facepipeline.detection.mtcnn.cascade;

import io.facepipeline.Image;
import io.facepipeline.detection.work.Proposals;
import io.facepipeline.internal.Workers;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.rewrite.CpuRewrites;
import io.facepipeline.onnx.store.ModelStore;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The stages of the cascade one by one, and its network runs alone, for the benchmarks. */
public final class CascadeStages implements AutoCloseable {
  private final List<Recorder> networks = new ArrayList<>();
  private final Workers workers;
  private final FastCascade cascade;
  private final Frame frame = new Frame();
  private final Proposals proposed = new Proposals();
  private final Image image;

  /** Loads the networks and takes an image through the cascade once. */
  public CascadeStages(int minFaceSize, int parallelism, Image image) {
    this(minFaceSize, parallelism, image, TaskSizes.CHOSEN);
  }

  /** With other sizes of tasks than the chosen ones. */
  public CascadeStages(
      int minFaceSize, int parallelism, Image image, int stripRows, int rnetChunk, int onetChunk) {
    this(minFaceSize, parallelism, image, new TaskSizes(stripRows, rnetChunk, onetChunk));
  }

  private CascadeStages(int minFaceSize, int parallelism, Image image, TaskSizes tasks) {
    this.image = image;
    MtcnnWeights weights = MtcnnWeights.find(ModelStore.fromEnvironment());
    load(MtcnnGraphs.pnet(weights.pnet()));
    load(MtcnnGraphs.rnet(weights.rnet()));
    load(MtcnnGraphs.onet(weights.onet()));
    workers = new Workers(parallelism);
    MtcnnOptions options =
        new MtcnnOptions(minFaceSize, 0.709, List.of(0.6f, 0.7f, 0.7f), false, false, null);
    cascade =
        new FastCascade(networks.get(0), networks.get(1), networks.get(2), options, workers, tasks);
    cascade.detect(image);
    networks.forEach(Recorder::stop);
    propose();
    proposed.addAll(frame.candidates);
  }

  private void load(Graph plain) {
    OnnxOptions options = OnnxOptions.defaults().withIntraOpThreads(1);
    networks.add(new Recorder(new OnnxNetwork(CpuRewrites.apply(plain), options)));
  }

  /** Pyramid, P-Net and suppression; gives the number of proposals. */
  public int propose() {
    cascade.propose(image, frame);
    return frame.candidates.size();
  }

  /** R-Net and O-Net on the image's proposals; gives the number of faces. */
  public int look() {
    frame.candidates.clear();
    frame.candidates.addAll(proposed);
    cascade.refine(image, frame);
    cascade.output(image, frame);
    return frame.candidates.size();
  }

  /** The runs of all networks that the image takes, on the same workers, and nothing else. */
  public int networks() {
    int runs = 0;
    for (Recorder network : networks) {
      runs += network.replay(workers);
    }
    return runs;
  }

  @Override
  public void close() {
    workers.close();
    networks.forEach(Recorder::close);
  }

  /** A network that remembers the shapes it was run on. */
  private static final class Recorder implements Network {
    private final Network network;
    private final List<Runnable> runs = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean recording = true;

    Recorder(Network network) {
      this.network = network;
    }

    void stop() {
      recording = false;
    }

    @Override
    public void run(
        FloatBuffer rgb, int batch, int height, int width, FloatBuffer heads, long[] shape) {
      network.run(rgb, batch, height, width, heads, shape);
      if (recording) {
        FloatBuffer copy = PlainNetwork.buffer(rgb.remaining());
        copy.put(rgb.duplicate()).flip();
        FloatBuffer output = PlainNetwork.buffer(heads.remaining());
        runs.add(() -> network.run(copy, batch, height, width, output, shape));
      }
    }

    int replay(Workers workers) {
      workers.forEach(runs.size(), i -> runs.get(i).run());
      return runs.size();
    }

    @Override
    public void close() {
      network.close();
    }
  }
}

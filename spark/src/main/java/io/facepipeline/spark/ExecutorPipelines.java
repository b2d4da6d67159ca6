package io.facepipeline.spark;

import io.facepipeline.FacePipeline;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;

/** The pipelines of this JVM: one for each description, shared by its tasks. Thread-safe. */
final class ExecutorPipelines {
  private static final Map<PipelineDescription, FacePipeline> OPEN = new HashMap<>();

  /** Masters that name the cores of an executor: local[2], local[2,4], local-cluster[2,1,1024]. */
  private static final Pattern LOCAL = Pattern.compile("local\\[(\\d+)(?:,.*)?]");

  private static final Pattern LOCAL_CLUSTER =
      Pattern.compile("local-cluster\\[\\s*\\d+\\s*,\\s*(\\d+)\\s*,.*]");

  private static volatile boolean ending;

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(ExecutorPipelines::close, "facepipeline-end"));
  }

  private ExecutorPipelines() {}

  /** The pipeline of the calling task's executor, opened at its first use. */
  static FacePipeline of(PipelineDescription description) {
    synchronized (OPEN) {
      FacePipeline open = OPEN.get(description);
      if (open == null) {
        Integer threads = description.threads();
        int cores = threads != null ? threads : cores(SparkEnv.get().conf());
        int taskCores = Math.min(cores, TaskContext.get().cpus());
        open = description.open(cores, taskCores);
        OPEN.put(description, open);
      }
      return open;
    }
  }

  /** How many cores this JVM has been given. */
  static int cores() {
    return cores(SparkEnv.get().conf());
  }

  static int cores(SparkConf conf) {
    String master = conf.get("spark.master", "");
    Matcher local = LOCAL.matcher(master);
    if (local.matches()) {
      return Integer.parseInt(local.group(1));
    }
    if (master.equals("local")) {
      return 1;
    }
    if (conf.contains("spark.executor.cores") && !master.startsWith("local[")) {
      return conf.getInt("spark.executor.cores", 1);
    }
    Matcher cluster = LOCAL_CLUSTER.matcher(master);
    if (cluster.matches()) {
      return Integer.parseInt(cluster.group(1));
    }
    if (master.startsWith("yarn") || master.startsWith("k8s")) {
      return 1; // Spark's default there
    }
    return Runtime.getRuntime().availableProcessors();
  }

  /**
   * Whether this JVM ends. What fails from then on is not its photo's fault: it must not become a
   * row.
   */
  static boolean isEnding() {
    return ending;
  }

  /** Closes all, after running work has ended. */
  private static void close() {
    ending = true;
    synchronized (OPEN) {
      OPEN.values().forEach(FacePipeline::close);
      OPEN.clear();
    }
  }
}

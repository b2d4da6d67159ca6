package io.facepipeline.onnx.checkpoint;

import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.array;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.dict;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.everyFormat;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.npy;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.npyHeader;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.npyPickle;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.safetensors;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.tuple;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** NumPy and safetensors files whose headers lie. */
@SuppressWarnings("ByteBufferBackingArray") // every buffer here is allocated with its array
@Timeout(120)
class HostileArraysTest extends HostileFixture {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "(2147483647, 2147483647, 2147483647)",
        "(1000000000,)",
        "(99999999999,)",
        "(-1,)",
        "(7,)",
        "(5,)"
      })
  void npyShapesThatDoNotFitTheFileAreRefused(String shape) {
    refused(npy(1, npyHeader("<f4", false, shape), new byte[24]));
  }

  @Test
  void npyFilesOfOtherTypesAreRefused() {
    refused(npy(1, npyHeader("<U4", false, "(1,)"), new byte[16]), "'U4'");
    refused(
        npy(1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", new byte[4]),
        "descr");
    refused(npy(4, npyHeader("<f4", false, "(1,)"), new byte[4]), "version 4.0");
    refused(npyPickle(2, List.of(1, 2)), "no NumPy arrays");
    refused(npyPickle(2, dict("w", array("U4", "<", tuple(1), false, new byte[16]))), "'U4'");
    refused(npyPickle(2, dict("w", array("f4", "<", tuple(2), false, new byte[4]))), "storage");
  }

  @ParameterizedTest
  @ValueSource(longs = {1L << 60, -1, Long.MIN_VALUE, 100_000_001, 70})
  void safetensorsHeadersOfAbsurdLengthAreRefused(long length) {
    byte[] bytes = everyFormat().get("safetensors").clone();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    refused(bytes, "safetensors");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,9223372036854775807]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F8_E5M2\",\"shape\":[8],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1e99],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}",
        "{\"a\":{\"dtype\":null,\"shape\":[2],\"data_offsets\":[0,8]}}",
        "{\"a\":[]}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[8,8]}}",
        "{}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} x"
      })
  void malformedSafetensorsHeadersAreRefused(String header) {
    refused(safetensors(header, new byte[8]));
  }
}

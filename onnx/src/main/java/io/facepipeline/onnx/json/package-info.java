/** Reading the JSON that cards and catalogs share. Not exported. */
@NullMarked
package io.facepipeline.onnx.json;

import org.jspecify.annotations.NullMarked;

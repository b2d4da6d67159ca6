/** The catalog of published models: what is known of them, as data that anybody may add to. */
@NullMarked
package io.facepipeline.onnx.catalog;

import org.jspecify.annotations.NullMarked;

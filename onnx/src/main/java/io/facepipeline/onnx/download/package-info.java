/** Downloads that resume where they broke off and are checked. */
@NullMarked
package io.facepipeline.onnx.download;

import org.jspecify.annotations.NullMarked;

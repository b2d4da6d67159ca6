/** What the library's own modules share; no part of the API. */
@NullMarked
package io.facepipeline.internal;

import org.jspecify.annotations.NullMarked;

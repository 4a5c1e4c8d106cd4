namespace MiniGrad.Kernels;

/// <summary>
/// What a product or convolution does to its result while it is in the cache: y = max(0, y + shift + residual), each
/// part optional. A convolution's shift has a number for each filter, a product's one for each column; the residual
/// lies as y does.
/// </summary>
public readonly record struct Finish(View? Shift = null, View? Residual = null, bool Rectify = false);

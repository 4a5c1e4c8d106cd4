namespace MiniGrad.Kernels;

/// <summary>
/// What a product or convolution does to its result while it is in the cache: y = max(0, y + shift + residual), and then 0
/// where the gate is not positive; each part is optional. A convolution's shift has a number for each filter, a
/// product's one for each column; residual and gate lie as y does.
/// </summary>
public readonly record struct Epilogue(View? Shift = null, View? Residual = null, bool Relu = false, View? Mask = null);

using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace MiniGrad;

/// <summary>Raises the errors of tensors and ops: one sentence that says what is wrong, the values, what to do.</summary>
[StackTraceHidden]
internal static class Throw
{
    [DoesNotReturn]
    public static void Argument(string message) => throw new ArgumentException(message);

    [DoesNotReturn]
    public static void Range(string message) => throw new ArgumentOutOfRangeException(null, message);

    [DoesNotReturn]
    public static void Invalid(string message) => throw new InvalidOperationException(message);
}

using System.Reflection;

namespace MiniGrad.Probes.Attacks;

/// <summary>
/// Knows the tensors of a search state, a record whose tensors and arrays all have one row per open example: what the
/// arena keeps, and how rows that are finished are taken out.
/// </summary>
internal static class StateRows<TState>
{
    private static readonly ConstructorInfo Constructor = typeof(TState).GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
    private static readonly PropertyInfo[] Properties = [.. Constructor.GetParameters().Select(p => typeof(TState).GetProperty(p.Name!)!)];

    public static IEnumerable<Tensor> Tensors(TState state) => Properties.Select(p => p.GetValue(state)).OfType<Tensor>();

    /// <summary>The state of some of the rows.</summary>
    public static TState Take(TState state, int[] rows) =>
        (TState)Constructor.Invoke([.. Properties.Select(p => Rows(p.GetValue(state), rows))]);

    private static object? Rows(object? value, int[] rows) => value switch
    {
        Tensor tensor => tensor.TakeIndices(0, rows),
        double[] numbers => Array.ConvertAll(rows, row => numbers[row]),
        int[] numbers => Array.ConvertAll(rows, row => numbers[row]),
        bool[] flags => Array.ConvertAll(rows, row => flags[row]),
        ExampleStatus?[] statuses => Array.ConvertAll(rows, row => statuses[row]),
        string?[] texts => Array.ConvertAll(rows, row => texts[row]),
        Array other => throw new ArgumentException($"attack: {typeof(TState).Name} holds a {other.GetType().Name}; a state may hold tensors, double[], int[], bool[], ExampleStatus?[] and string?[], one row per example, and plain values."),
        _ => value,
    };
}

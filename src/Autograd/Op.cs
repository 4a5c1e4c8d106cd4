namespace MiniGrad;

/// <summary>
/// What an operation means: its name and its derivative. Rules take and return tensors and are made of operations,
/// so they can be differentiated again, to any order.
/// </summary>
public abstract class Op
{
    /// <summary>The operation as users, errors and traces call it.</summary>
    public abstract string Name { get; }

    /// <summary>The cotangents of the inputs for a cotangent of the output; none where the derivative is zero or not needed.</summary>
    public abstract Tensor?[] Vjp(Node node, Tensor g, Needs needs);

    /// <summary>
    /// The tangent of the output for tangents of the inputs. By default the derivative of u ↦ ⟨Vjp(u), v⟩, which is
    /// linear in u, so no operation is ever without it.
    /// </summary>
    public virtual Tensor? Jvp(Node node, Tensor?[] tangents)
    {
        bool record = !Recording.IsPaused;
        using (Recording.On())
        {
            Tensor u = Ops.Zeros(node.Output.Shape, node.Output.Type, node.Output.Device).Tracked();
            uint bits = 0;
            for (int i = 0; i < tangents.Length; i++) bits |= tangents[i] is null ? 0 : 1u << i;
            Tensor?[] cotangents = Vjp(node, u, new Needs(bits));
            Tensor? product = null;
            for (int i = 0; i < tangents.Length; i++)
            {
                if (tangents[i] is not { } v || cotangents[i] is not { } c) continue;
                Tensor term = (c * v).Sum();
                product = product is null ? term : product + term;
            }
            return product?.Origin is null ? null : Gradient.Of(product, u, record: record);
        }
    }

    /// <summary>Joins an output to the graph when an input is tracked and recording is on.</summary>
    public static Tensor Record(Op op, Tensor[] inputs, Tensor output)
    {
        if (Recording.IsPaused) return output;
        foreach (Tensor input in inputs)
        {
            if (input.Origin is not null) return Node.Join(op, inputs, output);
        }
        return output;
    }
}

/// <summary>Which inputs of an operation need a cotangent.</summary>
public readonly struct Needs(uint bits)
{
    /// <summary>The same without one input.</summary>
    internal Needs Without(int input) => new(bits & ~(1u << input));

    /// <summary>Whether the cotangent of that input is wanted.</summary>
    public bool this[int input] => input >= 32 || (bits & (1u << input)) != 0;
}

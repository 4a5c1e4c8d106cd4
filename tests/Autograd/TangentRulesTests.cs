using System.Reflection;
using Xunit;

namespace MiniGrad.Tests.Autograd;

/// <summary>
/// A Hessian-vector product walks tangents over a graph twice as long as the network. The default rule computes an
/// operation once more to find its tangent, so operations state their own.
/// </summary>
public class TangentRulesTests
{
    [Fact]
    public void EveryOperationStatesItsTangent()
    {
        // Batch statistics are for training, which takes no second derivatives.
        string[] byDefault = [nameof(NormalizeChannels)];
        string[] without = [.. typeof(Op).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Op)) && !type.IsAbstract)
            .Where(type => Rule(type).DeclaringType == typeof(Op))
            .Select(type => type.Name)];
        Assert.Equal(byDefault, without);
    }

    /// <summary>
    /// The tangents of images, factors and shifts, each alone and together, against the
    /// default rule's identity ⟨u, Jv⟩ = ⟨Jᵀu, v⟩.
    /// </summary>
    [Fact]
    public void BlendsTakeTangentsOfAnyOfTheirInputs()
    {
        Shape[] shapes = [[2, 3, 5], [3], [3], [2, 3, 5], [3]];
        for (int mask = 1; mask < 1 << shapes.Length; mask++)
        {
            Tensor?[] tangents = new Tensor?[shapes.Length];
            Tensor[] inputs = new Tensor[shapes.Length];
            for (int i = 0; i < shapes.Length; i++)
            {
                inputs[i] = Kernels.Numbers.Random(shapes[i], DType.F64, $"input {i}").Tracked();
                if ((mask & (1 << i)) != 0) tangents[i] = Kernels.Numbers.Random(shapes[i], DType.F64, $"tangent {i}");
            }
            Tensor y = inputs[0].ChannelBlend(inputs[1], inputs[3], inputs[4], inputs[2]);
            Node node = (Node)y.Origin!;
            Tensor u = Kernels.Numbers.Random(y.Shape, DType.F64, "u");
            Tensor?[] cotangents = node.Op!.Vjp(node, u, new Needs(~0u));
            double expected = 0;
            for (int i = 0; i < shapes.Length; i++) expected += tangents[i] is { } v ? (cotangents[i]! * v).Sum().Item() : 0;
            Assert.Equal(expected, (node.Op.Jvp(node, tangents)! * u).Sum().Item(), 1e-12);
        }
    }

    private static MethodInfo Rule(Type type) => type.GetMethod(nameof(Op.Jvp), [typeof(Node), typeof(Tensor[])])!;
}

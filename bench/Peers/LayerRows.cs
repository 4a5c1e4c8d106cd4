using System.Text.Json.Nodes;

namespace MiniGrad.Bench.Peers;

/// <summary>Attention and layer norm at the sizes of DeiT-S.</summary>
internal static class LayerRows
{
    public const string Group = "Layers of deit-small";

    private const int Tokens = 197;
    private const int Heads = 6;
    private const int HeadWidth = 64;

    private static readonly int[] Batches = [1, 8];

    public static IEnumerable<PeerRow> All =>
        from batch in Batches
        from work in (Work[])[Work.Forward, Work.ForwardAndInputGradient]
        from row in (PeerRow[])[Attention(batch, work), LayerNorm(batch, work, Device.Cpu)]
        select row with { IsQuick = batch == 8 };

    private static PeerRow Attention(int batch, Work work)
    {
        int[] shape = [batch, Heads, Tokens, HeadWidth];
        bool gradient = work == Work.ForwardAndInputGradient;
        // Two products forward, two gradients of each backward; query, key, value, result, and their gradients.
        double flops = (gradient ? 6 : 2) * 2.0 * batch * Heads * Tokens * Tokens * HeadWidth;
        double bytes = (gradient ? 8 : 4) * 4.0 * batch * Heads * Tokens * HeadWidth;
        return new(Group, $"attention, {Heads} heads of {HeadWidth}, {Tokens} tokens, batch {batch}", work, flops, bytes, () =>
        {
            Tensor q = Draw.Uniform(shape);
            Tensor k = Draw.Uniform(shape);
            Tensor v = Draw.Uniform(shape);
            Tensor seed = Draw.Uniform(shape);
            return () => Arena.Step(() =>
            {
                if (!gradient) return [Ops.Attention(q, k, v)];
                Tensor[] inputs = [q.Tracked(), k.Tracked(), v.Tracked()];
                return Gradient.Of(Ops.Attention(inputs[0], inputs[1], inputs[2]), inputs, seed);
            }, _ => []);
        }, Job("attention", shape, work));
    }

    public static PeerRow LayerNorm(int batch, Work work, Device device)
    {
        int[] shape = [batch, Tokens, Heads * HeadWidth];
        bool gradient = work == Work.ForwardAndInputGradient;
        double count = (double)batch * Tokens * Heads * HeadWidth;
        return new(Group, $"layer norm, {Tokens} tokens of {Heads * HeadWidth}, batch {batch}", work, 0, (gradient ? 16 : 8) * count, () =>
        {
            Tensor x = Draw.Uniform(device, shape);
            Tensor scale = Draw.Uniform(device, shape[2]);
            Tensor shift = Draw.Uniform(device, shape[2]);
            Tensor seed = Draw.Uniform(device, shape);
            return () => Arena.Step(() =>
            {
                if (!gradient) return Draw.Computed(x.LayerNorm(scale, shift));
                Tensor leaf = x.Tracked();
                return Draw.Computed(Gradient.Of(leaf.LayerNorm(scale, shift), leaf, seed));
            }, _ => []);
        }, Job("layer norm", shape, work));
    }

    public static JsonObject Job(string kind, int[] shape, Work work) => new()
    {
        ["kind"] = kind,
        ["work"] = WorkText.Of(work),
        ["shape"] = new JsonArray([.. shape.Select(size => (JsonNode)size)]),
    };
}

using MiniGrad.Kernels;

namespace MiniGrad;

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>
        /// The images [N, C, H, W] turned about their centres by angles [N] in radians, counter-clockwise, then moved by
        /// [N] pixels to the right and down: pixel p of the result is the image at c + Rᵀ(p − c − t). Made of operations
        /// that differentiate in images and moves, to any order; where nobody records, one kernel gives the same bits.
        /// </summary>
        public Tensor RotateShift(Tensor radians, Tensor right, Tensor down, Border border = Border.Zero)
        {
            const string Name = "rotate-shift";
            Check.Rank(Name, "the image", x, 4);
            foreach ((Tensor move, string what) in (ReadOnlySpan<(Tensor, string)>)[
                (radians, "the angles"), (right, "the shifts"), (down, "the shifts")])
            {
                Check.Rank(Name, what, move, 1);
                Check.Alike(Name, x, move);
                if (move.Shape[0] != x.Shape[0]) Throw.Argument($"{Name}: {what} {move.Shape} must match the batch of {x.Shape}.");
            }
            (Tensor cos, Tensor sin) = (radians.Cos(), radians.Sin());
            bool isRecorded = !Recording.IsPaused && (x.IsTracked || radians.IsTracked || right.IsTracked || down.IsTracked);
            if (!isRecorded && (border != Border.Reflect || Math.Min(x.Shape[2], x.Shape[3]) > 1))
            {
                Tensor image = x.Contiguous();
                Tensor moves = Stack([cos, sin, right, down], 1);
                Tensor y = Tensor.Empty(image.Shape, x.Type, x.Device);
                if (Backend.For(x.Device).RotateShift(image.View, moves.View, border == Border.Edge, border == Border.Reflect, y.View))
                {
                    return y;
                }
            }
            (int height, int width) = (x.Shape[2], x.Shape[3]);
            (double centreX, double centreY) = ((width - 1) / 2.0, (height - 1) / 2.0);
            Tensor Each(Tensor number) => number.Reshape(-1, 1, 1);
            (Tensor c, Tensor s) = (Each(cos), Each(sin));
            Tensor across = Axis(width, centreX, [1, 1, width], x) - Each(right);
            Tensor along = Axis(height, centreY, [1, height, 1], x) - Each(down);
            return x.BilinearSample(across * c - along * s + centreX, across * s + along * c + centreY, border);
        }
    }

    private static Tensor Axis(int count, double centre, Shape shape, Tensor like) =>
        Tensor.From([.. Enumerable.Range(0, count).Select(i => i - centre)], shape, like.Device).Cast(like.Type);
}

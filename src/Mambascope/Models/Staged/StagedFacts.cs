using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>What a stage costs.</summary>
/// <param name="Blocks">Blocks.</param>
/// <param name="Width">C.</param>
/// <param name="Scans">The scans of a block.</param>
/// <param name="Linear">Linear layers and convolutions of a block, for one token.</param>
/// <param name="Kernel">Side of the window that joins tokens behind it.</param>
internal sealed record StageWork(int Blocks, int Width, ScanWork Scans, double Linear, int Kernel);

/// <summary>What is said of every model with stages.</summary>
internal static class StagedFacts
{
    /// <summary>The stages in words: grid, width, blocks of each.</summary>
    public static Fact Stages(IReadOnlyList<int> depths, IReadOnlyList<int> widths, IReadOnlyList<int> innerWidths, PatchGrid grid)
    {
        var (rows, columns, words) = (grid.Rows, grid.Columns, new List<string>());
        for (var stage = 0; stage < depths.Count; stage++)
        {
            words.Add(
                $"{stage}: {depths[stage]} {(depths[stage] == 1 ? "block" : "blocks")} on {rows} x {columns} tokens of width "
                    + $"{widths[stage]}, {innerWidths[stage]} channels");
            (rows, columns) = ((rows + 1) / 2, (columns + 1) / 2);
        }

        return new(
            "stages", string.Join("; ", words), Fact.Value("depths", depths), Fact.Value("widths", widths),
            Fact.Value("inner_widths", innerWidths));
    }

    /// <summary>Linear layers of a mixer, for one token.</summary>
    public static double Ss2dLinear(int d, int E, int N, int R, bool hasGate)
        => ModelWork.Product(1, d, hasGate ? 2 * E : E)
        + (Mixers.Ss2dMixer.Paths * (ModelWork.Product(1, E, R + (2 * N)) + ModelWork.Product(1, R, E)))
        + ModelWork.Product(1, E, d);

    /// <summary>image_size as config.json has it: one number, or height and width.</summary>
    public static object ImageSize(PatchGrid grid)
        => grid.ImageHeight == grid.ImageWidth ? grid.ImageHeight : new[] { grid.ImageHeight, grid.ImageWidth };

    /// <summary>
    /// Work of a model whose stages have ever fewer tokens. Tokens are those of the stem: a later stage has a quarter of them, which its
    /// counts take into account.
    /// </summary>
    public static ModelWork Work(IVisionModel model, double head, bool hasConvStem, IReadOnlyList<StageWork> stages)
    {
        var (grid, share, linear, mixers) = (model.Grid, 1.0, 0.0, new List<MixerWork>());
        for (var stage = 0; stage < stages.Count; stage++)
        {
            var (blocks, width, scans, each, kernel) = stages[stage];
            linear += share * blocks * each;
            mixers.AddRange(Enumerable.Repeat(new SharedWork(scans, share), blocks));
            share /= 4;
            if (stage + 1 < stages.Count)
            {
                linear += share * ModelWork.Product(1, kernel * kernel * width, stages[stage + 1].Width);
            }
        }

        var first = stages[0].Width;
        return new()
        {
            Embedding = hasConvStem
                ? ModelWork.Product(4 * grid.Count, 9 * grid.Channels, first / 2) + ModelWork.Product(grid.Count, 9 * first / 2, first)
                : ModelWork.Product(grid.Count, 16 * grid.Channels, first),
            Linear = linear,
            Head = 2 * head,
            Mixers = mixers,
            Products = [(first, 2 * first)],
            Bytes = WeightTotals.Of(model.AllWeights).Bytes,
        };
    }

    /// <summary>Work of a mixer that sees a share of the first tokens.</summary>
    private sealed record SharedWork(MixerWork Work, double Share) : MixerWork
    {
        /// <inheritdoc/>
        public override double Forward(int tokens) => Work.Forward(Of(tokens));

        /// <inheritdoc/>
        public override double Backward(int tokens) => Work.Backward(Of(tokens));

        /// <inheritdoc/>
        public override double Row(int tokens) => Work.Row(Of(tokens));

        /// <inheritdoc/>
        public override double Product(int tokens) => Work.Product(Of(tokens));

        /// <inheritdoc/>
        public override double Matrices(int tokens) => Work.Matrices(Of(tokens));

        private int Of(int tokens) => (int)Math.Ceiling(tokens * Share);
    }
}

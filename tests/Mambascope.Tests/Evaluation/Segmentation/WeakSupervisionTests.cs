using Mambascope.Evaluation;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Measures.Pictures;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Segmentation;
using Mambascope.Tests.Evaluation.Perturbation;
using Xunit;
using Box = Mambascope.Evaluation.Segmentation.Box;

namespace Mambascope.Tests.Evaluation.Segmentation;

public sealed class WeakSupervisionTests
{
    // Two components by eight neighbours: a diagonal of three and a pair below.
    private static readonly byte[] diagonalAndPair =
    [
        1, 0, 0, 0, 0,
        0, 1, 0, 0, 0,
        0, 0, 1, 0, 0,
        0, 0, 0, 0, 0,
        1, 1, 0, 0, 0,
    ];

    [Fact]
    public void Components_join_diagonally_and_come_in_reading_order()
    {
        Assert.Equal([new(new(0, 0, 3, 3), 3), new(new(0, 4, 2, 5), 2)], Components.Of(diagonalAndPair, 5, 5));
        Assert.Empty(Components.Of(new byte[4], 2, 2));
        Assert.Equal(new Box(0, 0, 3, 3), Assert.Single(PseudoMask.Boxes(new(diagonalAndPair, 5, 5))));
        Assert.Equal(2, PseudoMask.Boxes(new(diagonalAndPair, 5, 5), BoxRule.All).Count);
    }

    [Fact]
    public void Growing_components_are_the_components_of_each_mask()
    {
        const int Side = 12;
        var random = new Random(8);
        int[] order = [.. Enumerable.Range(0, Side * Side)];
        random.Shuffle(order);
        var mask = new byte[Side * Side];
        var growing = new Components(Side, Side);
        Assert.Null(growing.Largest);
        foreach (var pixel in order)
        {
            mask[pixel] = 1;
            growing.Add(pixel);
            Assert.Equal(Flooded(mask, Side), growing.Largest);
        }
    }

    [Fact]
    public void Thresholds_worked_by_hand()
    {
        var map = new PixelMap([0, 0.1f, 0.2f, 1], 2, 2, IsDegenerate: false);
        Assert.Equal([0, 0, 0, 1], MapThreshold.Mean.Apply(map)); // 0.325
        Assert.Equal([0, 0, 1, 1], MapThreshold.At(0.15).Apply(map));
        Assert.Equal([0, 0, 0, 1], MapThreshold.Otsu.Apply(map)); // {0, 0.1, 0.2} and {1}
        Assert.Equal(0.5, MapThreshold.Otsu.For([0, 0, 1, 1]), tolerance: 0.01); // the middle of the gap
        Assert.Equal([0, 0, 0, 0], MapThreshold.Mean.Apply(map with { IsDegenerate = true }));
        Assert.Same(MapThreshold.Otsu, MapThreshold.Parse("otsu"));
        Assert.Equal(MapThreshold.At(0.3), MapThreshold.Parse("0.3"));
        Assert.Throws<BadInputException>(() => MapThreshold.Parse("median"));
        Assert.Throws<BadInputException>(() => MapThreshold.Parse("1"));
        Assert.Throws<BadInputException>(() => MapThreshold.At(double.NaN));
    }

    [Fact]
    public void Otsu_finds_the_best_of_all_splits()
    {
        var random = new Random(5);
        float[] map =
        [
            .. Enumerable
                .Range(0, 500)
                .Select(i => (float)Math.Clamp((i % 3 == 0 ? 0.7 : 0.25) + (0.2 * (random.NextDouble() - 0.5)), 0, 1)),
        ];
        var best = Enumerable.Range(1, 255).Max(t => Between(map, t / 256.0));
        Assert.Equal(best, Between(map, MapThreshold.Otsu.For(map)), tolerance: best * 1e-3);
    }

    [Fact]
    public void Boxes_overlap_by_area()
    {
        Box box = new(0, 0, 4, 2);
        Assert.Equal(1, box.IoU(box));
        Assert.Equal(2 / 10.0, box.IoU(new(3, 0, 5, 2)), tolerance: 1e-12);
        Assert.Equal(0, box.IoU(new(4, 0, 6, 2)));
        Assert.Equal(1, box.BestIoU([new(4, 0, 6, 2), box]));
        Assert.Equal(0, box.BestIoU([]));
    }

    [Fact]
    public void One_picture_worked_by_hand()
    {
        // The object is the upper left 2 x 2 of 4 x 4. The map: 1 and 0.6 on its upper row, 0.4 on the lower, 0.2 right of it.
        ObjectMask mask = new([1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 4, 4);
        var map = Pictures.Map(4, 4, 1, 0.6f, 0.2f, 0, 0.4f, 0.4f, 0.2f, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        var record = WeakSupervision.Measure(map, mask, MapThreshold.At(0.5));
        Assert.Equal(0.5, record.MaskIoU, tolerance: 1e-12);
        Assert.Equal(0.5, record.BoxIoU, tolerance: 1e-12);
        Assert.Equal(4 / 6.0, record.SweptBoxIoU[10], tolerance: 1e-12);
        Assert.Equal(1, record.SweptBoxIoU[30], tolerance: 1e-12);
        Assert.Equal(0.5, record.SweptBoxIoU[50], tolerance: 1e-12);
        Assert.Equal(0.25, record.SweptBoxIoU[70], tolerance: 1e-12);
        Assert.Equal(0.25, record.SweptBoxIoU[99], tolerance: 1e-12);

        WeakSupervisionRecord[] two =
        [
            record,
            record with
            {
                BoxIoU = 0.4,
                SweptBoxIoU = [.. record.SweptBoxIoU.Select((v, i) => i < 80 ? 0.1 : 0.7)],
            },
        ];
        Assert.Equal(0.5, Figure("cor_loc", two));
        Assert.Equal(0.5, Figure("max_box_accuracy", two));
        Assert.Equal(0, WeakSupervision.BestThreshold(two));
        Assert.Equal(1, Figure("max_box_accuracy", record));
    }

    [Fact]
    public void A_degenerate_map_has_no_boxes()
    {
        var record = WeakSupervision.Measure(Pictures.Map(2, 2, 1, 1, 1, 1), new([1, 0, 0, 0], 2, 2), MapThreshold.Otsu);
        Assert.Equal((0, 0, true), (record.MaskIoU, record.BoxIoU, record.IsDegenerate));
        Assert.All(record.SweptBoxIoU, value => Assert.Equal(0, value));
        Assert.Throws<BadInputException>(() => WeakSupervision.BestThreshold([record with { SweptBoxIoU = [0, 1] }]));
        Assert.Throws<BadInputException>(() => PseudoMask.IoU(new([1], 1, 1), new([1, 0], 1, 2)));
    }

    private static double Figure(string name, params WeakSupervisionRecord[] records)
    {
        var lines = records.Select(
            (record, i) =>
                new ResultLine(
                    CaseKind.Picture, i, $"{i}", "m", "raw", null, 0, 0, new Dictionary<string, string>(), ResultLine.RecordOf(record)));
        return new WeakSupervisionMeasure(MapThreshold.Mean)
            .Figures.Single(figure => figure.Name == name)
            .Measure(new("m", "raw", [.. lines]))
            .Interval()
            .Mean;
    }

    private static double Between(float[] map, double threshold)
    {
        var (low, high) = (map.Where(v => v <= threshold).ToArray(), map.Where(v => v > threshold).ToArray());
        return low.Length == 0 || high.Length == 0 ? 0 : low.Length * high.Length * Math.Pow(low.Average() - high.Average(), 2);
    }

    // The largest component by flooding, of equal ones the first in reading order.
    private static Component Flooded(byte[] mask, int side)
    {
        Component? largest = null;
        var seen = new bool[mask.Length];
        for (var start = 0; start < mask.Length; start++)
        {
            if (mask[start] == 0 || seen[start])
            {
                continue;
            }

            var members = new List<int>();
            var open = new Stack<int>([start]);
            seen[start] = true;
            while (open.TryPop(out var pixel))
            {
                members.Add(pixel);
                for (var next = 0; next < mask.Length; next++)
                {
                    if (
                        !seen[next]
                        && mask[next] != 0
                        && Math.Abs((next / side) - (pixel / side)) <= 1
                        && Math.Abs((next % side) - (pixel % side)) <= 1)
                    {
                        seen[next] = true;
                        open.Push(next);
                    }
                }
            }

            if (largest is null || members.Count > largest.Size)
            {
                largest = new(
                    new(
                        members.Min(p => p % side),
                        members.Min(p => p / side),
                        members.Max(p => p % side) + 1,
                        members.Max(p => p / side) + 1),
                    members.Count);
            }
        }

        return largest!;
    }
}

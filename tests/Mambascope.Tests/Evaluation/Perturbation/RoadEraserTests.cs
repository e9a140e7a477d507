using Mambascope.Evaluation.Perturbation;
using Xunit;

namespace Mambascope.Tests.Evaluation.Perturbation;

public sealed class RoadEraserTests
{
    [Fact]
    public void One_pixel_is_the_weighted_mean_of_its_neighbours()
    {
        // 0 30 60 / 90 x 120 / 150 180 210: sides 30 + 90 + 120 + 180 = 420, corners 0 + 60 + 150 + 210 = 420.
        var image = new NormalisedImage(Pictures.Grey(3, 3, 0, 30, 60, 90, 255, 120, 150, 180, 210), Pictures.Plain);
        var centre = EraserTests.Erase(new RoadEraser(noise: 0), image, [4]);
        Assert.Equal(((420 / 6.0) + (420 / 12.0)) / 255, centre[4], tolerance: 1e-6);

        // The corner has two sides and one diagonal: (30/6 + 90/6 + 255/12) / (5/12).
        var corner = EraserTests.Erase(new RoadEraser(noise: 0), image, [0]);
        Assert.Equal(((30 / 6.0) + (90 / 6.0) + (255 / 12.0)) / (5 / 12.0) / 255, corner[0], tolerance: 1e-6);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.95)]
    public void Agrees_with_elimination(double share)
    {
        const int Height = 9;
        const int Width = 14;
        var image = new NormalisedImage(Pictures.Random(Height, Width, seed: 6), Pictures.Plain);
        var random = new Random(7);
        int[] removed = [.. Enumerable.Range(0, Height * Width).Where(_ => random.NextDouble() < share)];
        var erased = EraserTests.Erase(new RoadEraser(noise: 0, tolerance: 1e-6), image, removed);
        for (var channel = 0; channel < 3; channel++)
        {
            var plane = image.Values.AsSpan(channel * image.Plane, image.Plane).ToArray();
            Golden.AssertClose(
                $"channel {channel}",
                [.. erased.Skip(channel * image.Plane).Take(image.Plane).Select(v => (double)v)],
                Eliminate(plane, removed, Height, Width),
                2e-5);
        }
    }

    [Fact]
    public void A_large_hole_is_filled_within_the_tolerance()
    {
        // A linear ramp solves the equations inside, so a hole away from the border must come back as the ramp.
        const int Side = 56;
        var image = new NormalisedImage(
            Pictures.Grey(Side, Side, [.. Enumerable.Range(0, Side * Side).Select(i => (byte)((2 * (i % Side)) + (2 * (i / Side))))]),
            Pictures.Plain);
        int[] removed = [.. Enumerable.Range(0, Side * Side).Where(i => i % Side is > 3 and < 52 && i / Side is > 3 and < 52)];
        var erased = EraserTests.Erase(new RoadEraser(noise: 0), image, removed);
        var error = erased.Zip(image.Values, (a, b) => Math.Abs(a - b)).Max();
        TestContext.Current.TestOutputHelper?.WriteLine($"largest error {error:E1} of [0, 1]");
        Assert.InRange(error, 0, 1e-3);
    }

    [Fact]
    public void Noise_has_its_deviation_and_repeats()
    {
        const int Side = 40;
        var image = new NormalisedImage(Pictures.Grey(Side, Side, [.. Enumerable.Repeat((byte)128, Side * Side)]), Pictures.Plain);
        int[] removed = [.. Enumerable.Range(0, Side * Side).Where(i => i % 2 == 0)];
        var erased = EraserTests.Erase(new RoadEraser(0.01), image, removed, seed: 9);
        var deviation = Math.Sqrt(removed.Average(i => Math.Pow(erased[i] - (128 / 255.0), 2)));
        Assert.InRange(deviation, 0.009, 0.011);
        Assert.Equal(erased, EraserTests.Erase(new RoadEraser(0.01), image, removed, seed: 9));
    }

    [Fact]
    public void With_nothing_known_the_picture_is_its_mean_colour()
    {
        var image = new NormalisedImage(Pictures.Grey(2, 2, 0, 100, 100, 200), Pictures.Plain);
        var erased = EraserTests.Erase(new RoadEraser(noise: 0), image, [0, 1, 2, 3]);
        Assert.All(erased, value => Assert.Equal(100 / 255f, value, tolerance: 1e-6f));
    }

    // Gauss elimination of the dense system in double.
    private static double[] Eliminate(float[] plane, int[] removed, int height, int width)
    {
        var n = removed.Length;
        var a = new double[n, n + 1];
        for (var row = 0; row < n; row++)
        {
            var (y, x) = (removed[row] / width, removed[row] % width);
            for (var dy = -1; dy <= 1; dy++)
            {
                for (var dx = -1; dx <= 1; dx++)
                {
                    if ((dy == 0 && dx == 0) || y + dy < 0 || y + dy >= height || x + dx < 0 || x + dx >= width)
                    {
                        continue;
                    }

                    var weight = dy == 0 || dx == 0 ? 1 / 6.0 : 1 / 12.0;
                    var neighbour = ((y + dy) * width) + x + dx;
                    var column = Array.IndexOf(removed, neighbour);
                    a[row, row] += weight;
                    if (column >= 0)
                    {
                        a[row, column] -= weight;
                    }
                    else
                    {
                        a[row, n] += weight * plane[neighbour];
                    }
                }
            }
        }

        for (var pivot = 0; pivot < n; pivot++)
        {
            for (var row = 0; row < n; row++)
            {
                var factor = row == pivot ? 0 : a[row, pivot] / a[pivot, pivot];
                for (var column = pivot; factor != 0 && column <= n; column++)
                {
                    a[row, column] -= factor * a[pivot, column];
                }
            }
        }

        double[] result = [.. plane.Select(v => (double)v)];
        for (var row = 0; row < n; row++)
        {
            result[removed[row]] = a[row, n] / a[row, row];
        }

        return result;
    }
}

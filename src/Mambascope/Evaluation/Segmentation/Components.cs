namespace Mambascope.Evaluation.Segmentation;

/// <summary>A connected region of foreground.</summary>
/// <param name="Bounds">The smallest box around it.</param>
/// <param name="Size">Its pixels.</param>
internal sealed record Component(Box Bounds, int Size);

/// <summary>
/// Connected components that grow while pixels are added: union by size over the eight neighbours, with each component's box and first
/// pixel. Adding all pixels of a picture in falling order of a map gives the components at every threshold in one pass.
/// </summary>
internal sealed class Components
{
    private readonly int height;
    private readonly int width;
    private readonly int[] parent; // -1: not foreground yet
    private readonly int[] size;
    private readonly int[] firstPixel;
    private readonly Box[] bounds;
    private int largest = -1;

    /// <summary>Starts with no foreground.</summary>
    public Components(int height, int width)
    {
        (this.height, this.width) = (height, width);
        parent = new int[height * width];
        Array.Fill(parent, -1);
        size = new int[parent.Length];
        firstPixel = new int[parent.Length];
        bounds = new Box[parent.Length];
    }

    /// <summary>The components of a mask, in the order of their first pixels.</summary>
    public static IReadOnlyList<Component> Of(ReadOnlySpan<byte> mask, int height, int width)
    {
        var components = Grow(mask, height, width);
        var roots = new List<int>();
        for (var pixel = 0; pixel < mask.Length; pixel++)
        {
            if (components.parent[pixel] == pixel)
            {
                roots.Add(pixel);
            }
        }

        return [.. roots.OrderBy(root => components.firstPixel[root]).Select(components.At)];
    }

    /// <summary>
    /// The component with the most pixels, of equal ones the one whose first pixel in reading order comes first; null without foreground.
    /// </summary>
    public Component? Largest => largest < 0 ? null : At(largest);

    /// <summary>Makes a pixel foreground; it must not have been before.</summary>
    public void Add(int pixel)
    {
        var (y, x) = (pixel / width, pixel % width);
        parent[pixel] = pixel;
        size[pixel] = 1;
        firstPixel[pixel] = pixel;
        bounds[pixel] = new(x, y, x + 1, y + 1);
        var root = pixel;
        for (var row = Math.Max(0, y - 1); row <= Math.Min(height - 1, y + 1); row++)
        {
            for (var column = Math.Max(0, x - 1); column <= Math.Min(width - 1, x + 1); column++)
            {
                var neighbour = (row * width) + column;
                if (neighbour != pixel && parent[neighbour] >= 0)
                {
                    root = Join(root, Root(neighbour));
                }
            }
        }

        // Components only grow, so the largest is the one before or the one just touched.
        if (
            largest < 0
            || parent[largest] != largest
            || size[root] > size[largest]
            || (size[root] == size[largest] && firstPixel[root] < firstPixel[largest]))
        {
            largest = root;
        }
    }

    private static Components Grow(ReadOnlySpan<byte> mask, int height, int width)
    {
        var components = new Components(height, width);
        for (var pixel = 0; pixel < mask.Length; pixel++)
        {
            if (mask[pixel] != 0)
            {
                components.Add(pixel);
            }
        }

        return components;
    }

    private Component At(int root) => new(bounds[root], size[root]);

    private int Root(int pixel)
    {
        // Path halving: every second place on the way points to its grandparent afterwards.
        while (parent[pixel] != pixel)
        {
            parent[pixel] = parent[parent[pixel]];
            pixel = parent[pixel];
        }

        return pixel;
    }

    private int Join(int a, int b)
    {
        if (a == b)
        {
            return a;
        }

        var (root, child) = size[a] >= size[b] ? (a, b) : (b, a);
        parent[child] = root;
        size[root] += size[child];
        firstPixel[root] = Math.Min(firstPixel[root], firstPixel[child]);
        var (p, q) = (bounds[root], bounds[child]);
        bounds[root] = new(Math.Min(p.Left, q.Left), Math.Min(p.Top, q.Top), Math.Max(p.Right, q.Right), Math.Max(p.Bottom, q.Bottom));
        return root;
    }
}

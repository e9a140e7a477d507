using Mambascope.Attention;
using Mambascope.Tracing;

namespace Mambascope.Tests.Attention;

/// <summary>
/// b'[i] = scale silu(z_i) sum over j of (alpha + D I)[i, j] sigma(p_j) bias: what a gated output has beside T' x, written out in double.
/// </summary>
internal static class BlockBias
{
    public static double[] Of(ScanMixerTrace<double> mixer, ScanTrace<double> scan, int item, int channel)
        => Of<double>(mixer, scan, item, channel);

    public static T[] Of<T>(ScanMixerTrace<T> mixer, ScanTrace<T> scan, int item, int channel)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var (alpha, conv) = (ChannelMatrix.S6(scan, item, channel), (CausalConvolution<T>)scan.Before!);
        var bias = new T[alpha.Length];
        for (var i = 0; i < bias.Length; i++)
        {
            for (var j = 0; j < bias.Length; j++)
            {
                var source = alpha[i, j] + (i == j ? T.CreateTruncating(scan.D.Values<float>()[channel]) : T.Zero);
                var open = T.One / (T.One + T.Exp(-conv.P.Data.Row(item, j)[channel]));
                bias[i] +=
                    source
                    * open
                    * T.CreateTruncating(conv.Bias?.Values<float>()[channel] ?? 0)
                    * MixerGate.Factor(mixer.After, item, i, channel);
            }
        }

        return bias;
    }
}

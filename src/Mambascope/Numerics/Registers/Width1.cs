using System.Runtime.CompilerServices;

namespace Mambascope.Numerics;

/// <summary>One lane: the same kernels as scalar code, where no vector hardware is.</summary>
internal readonly struct Width1 : IVectorWidth<float>
{
    public static int Lanes => 1;

    public static float Zero => 0;

    public static float Create(float value) => value;

    public static float Load(ref float source, nuint index) => Unsafe.Add(ref source, index);

    public static float LoadFirst(ref float source, int count) => count > 0 ? source : 0;

    public static void Store(float value, ref float target, nuint index) => Unsafe.Add(ref target, index) = value;

    public static void StoreFirst(float value, ref float target, int count)
    {
        if (count > 0)
        {
            target = value;
        }
    }

    public static float Add(float a, float b) => a + b;

    public static float Subtract(float a, float b) => a - b;

    public static float Multiply(float a, float b) => a * b;

    public static float Divide(float a, float b) => a / b;

    // Not MathF.FusedMultiplyAdd: without the instruction it is emulated and a hundred times slower.
    public static float MultiplyAdd(float a, float b, float c) => (a * b) + c;

    public static float Min(float a, float b) => a < b ? a : b;

    public static float Max(float a, float b) => a > b ? a : b;

    public static float Abs(float a) => MathF.Abs(a);

    public static float Round(float a) => MathF.Round(a);

    public static float Scale(float value, float exponent) => value * BitConverter.Int32BitsToSingle(((int)exponent + 127) << 23);

    public static float ShiftBitsLeft(float value, int count)
        => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) << count);

    public static float ShiftBitsRight(float value, int count)
        => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) >> count);

    public static float MaskBits(float value, uint mask) => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & mask);

    public static float FromIntegers(float bits) => BitConverter.SingleToInt32Bits(bits);

    public static float Sum(float value) => value;
}

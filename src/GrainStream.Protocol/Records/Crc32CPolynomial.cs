using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;

namespace GrainStream.Protocol.Records;

/// <summary>
/// Arithmetic on CRC-32C states as polynomials over GF(2), modulo the Castagnoli polynomial. A state is bit-reflected: bit 31 is the
/// coefficient of x^0. Appending n zero bytes multiplies a state by x^(8n), which is how checksums of neighbouring bytes are joined.
/// </summary>
/// <remarks>
/// The product of two reflected 32-bit states, taken as a 64-bit word, stands for <c>a*b*x</c>, and the CRC step of a 64-bit word
/// multiplies by x^32 and reduces. Every multiplication therefore carries a factor x^33; the factors in the tables are
/// divided by x^33 beforehand. (Gopal et al., "Fast CRC Computation for iSCSI Polynomial Using CRC32 Instruction", Intel 2011.)
/// </remarks>
internal static class Crc32CPolynomial
{
    /// <summary>x^32 + x^28 + ... + 1 without its leading term, reflected (RFC 3720 section 12.1).</summary>
    public const uint Reflected = 0x82F63B78;

    private const uint One = 0x80000000;
    private const int FactorOffsetBits = 33;
    private const int DigitBits = 4;
    private const int DigitValues = 1 << DigitBits;

    /// <summary>At [16 * k + d] the factor x^(8 * d * 16^k - 33): what d * 16^k zero bytes do. 1 KB for any length.</summary>
    private static readonly uint[] ShiftFactors = CreateShiftFactors();

    /// <summary>
    /// The state <paramref name="state"/> turns into when <paramref name="count"/> zero bytes follow. Not for negative counts.
    /// </summary>
    public static uint ShiftByBytes(uint state, long count)
    {
        uint[] factors = ShiftFactors;
        ulong remaining = (ulong)count;
        for (int row = 0; remaining != 0; row += DigitValues, remaining >>= DigitBits)
        {
            int digit = (int)(remaining & (DigitValues - 1));
            if (digit != 0)
            {
                state = Reduce(CarrylessMultiply(state, factors[row + digit]));
            }
        }

        return state;
    }

    /// <summary>
    /// Factors for 1, 2, ... <paramref name="count"/> times 8 zero bytes at indexes 1.., for <see cref="Reduce"/>d products.
    /// </summary>
    public static uint[] CreateWordShiftFactors(int count)
    {
        uint[] factors = new uint[count + 1];
        uint factor = ShiftFactors[sizeof(ulong)];
        factors[1] = factor;
        for (int i = 2; i <= count; i++)
        {
            factors[i] = ShiftByBytes(factors[i - 1], sizeof(ulong));
        }

        return factors;
    }

    /// <summary>Product without carries; as a state it stands for <c>a*b*x</c> and has yet to be <see cref="Reduce"/>d.</summary>
    public static ulong CarrylessMultiply(uint a, uint b)
    {
        if (Pclmulqdq.IsSupported)
        {
            return Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar((ulong)a), Vector128.CreateScalar((ulong)b), 0).ToScalar();
        }

        if (ArmAes.IsSupported)
        {
            return ArmAes.PolynomialMultiplyWideningLower(Vector64.Create((ulong)a), Vector64.Create((ulong)b)).ToScalar();
        }

        return CarrylessMultiplyPortable(a, b);
    }

    /// <summary>As <see cref="CarrylessMultiply"/>, without instructions that a processor may lack.</summary>
    public static ulong CarrylessMultiplyPortable(uint a, uint b)
    {
        ulong product = 0;
        for (int i = 0; i < 32; i++)
        {
            product ^= ((ulong)b << i) & (0 - (ulong)((a >> i) & 1));
        }

        return product;
    }

    /// <summary>The state that a 64-bit word stands for, times x^32.</summary>
    public static uint Reduce(ulong product) => BitOperations.Crc32C(0, product);

    private static uint[] CreateShiftFactors()
    {
        // Table entries are built by single steps of x, so that they do not depend on themselves.
        uint[] factors = new uint[64 / DigitBits * DigitValues];
        uint unit = MultiplyByPowerOfX(One, 8);
        for (int row = 0; row < factors.Length; row += DigitValues)
        {
            uint power = DivideByPowerOfX(One, FactorOffsetBits);
            factors[row] = power;
            for (int digit = 1; digit < DigitValues; digit++)
            {
                power = Multiply(power, unit);
                factors[row + digit] = power;
            }

            for (int i = 0; i < DigitBits; i++)
            {
                unit = Multiply(unit, unit);
            }
        }

        return factors;
    }

    /// <summary><c>a*b</c> by one step of x per bit; only for building tables.</summary>
    private static uint Multiply(uint a, uint b)
    {
        uint product = 0;
        for (uint bit = One; bit != 0; bit >>= 1)
        {
            if ((a & bit) != 0)
            {
                product ^= b;
            }

            b = MultiplyByPowerOfX(b, 1);
        }

        return product;
    }

    private static uint MultiplyByPowerOfX(uint state, int power)
    {
        for (; power > 0; power--)
        {
            state = (state & 1) != 0 ? (state >> 1) ^ Reflected : state >> 1;
        }

        return state;
    }

    private static uint DivideByPowerOfX(uint state, int power)
    {
        for (; power > 0; power--)
        {
            // The polynomial's top reflected bit is set and a shifted state's is not, so the bit tells whether it was added.
            state = (state & One) != 0 ? ((state ^ Reflected) << 1) | 1 : state << 1;
        }

        return state;
    }
}
